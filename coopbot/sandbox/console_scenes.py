"""Realistic work orders of a Chinese marketplace: what consumers write, scene by scene."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    code: str
    title: str
    contents: tuple[str, ...]


SCENES: tuple[Scene, ...] = (
    Scene(
        "urge_shipping",
        "催发货",
        (
            "下单四天了还没发货，页面写的是48小时内发货，周五要用，今天能不能发出？",
            "一直显示“商品出库中”，客服只让我等。到底有没有货？没货请直接说。",
            "两件商品只发了一件，另一件没有任何物流信息，请尽快补发并告知单号。",
        ),
    ),
    Scene(
        "logistics",
        "物流异常",
        (
            "物流停在中转站三天没有更新，快递电话打不通，麻烦帮我催一下。",
            "显示已签收，但我没有收到，驿站和门卫都问过了，没有这个包裹。",
            "收到时外箱已经压扁，里面的玻璃杯碎了两只，照片已上传。",
        ),
    ),
    Scene(
        "refund",
        "退款/退货",
        (
            "退货已签收五天，退款还没到账，金额329元，请核实。",
            "尺码不合适申请退货，商家让我自付运费，可是页面写了运费险。",
            "收到的是拆封过的商品，要求全额退款，不接受换货。",
        ),
    ),
    Scene(
        "invoice",
        "发票",
        (
            "上周申请的增值税普通发票还没有开，公司月底要报销。",
            "发票抬头写错了一个字，需要重开，税号不变。",
        ),
    ),
    Scene(
        "address",
        "改地址",
        (
            "地址填成了老家，还没发货，请改为公司地址，联系电话不变。",
            "门牌号少写了一位，是1203不是120，请帮忙联系快递。",
        ),
    ),
    Scene(
        "gift",
        "赠品",
        ("详情页写着赠送保温杯，收到的包裹里没有，请补发。",),
    ),
    Scene(
        "price",
        "差价/价保",
        ("昨天刚买今天就降价40元，申请价保被拒绝，理由看不懂。",),
    ),
    Scene(
        "complaint",
        "投诉",
        (
            "使用第二天充电口冒烟，差点烧到桌布，要求商家给出说法并赔偿，否则向12315投诉。",
            "客服态度恶劣，承诺的补偿至今没有兑现，我已保留全部聊天记录。",
            "收到的奶粉罐底日期被涂改，怀疑是临期商品，请商家立即回复。",
        ),
    ),
)

CONSUMERS: tuple[tuple[str, str], ...] = (
    ("张敏", "13812345678"),
    ("刘洋", "13907551234"),
    ("欧阳雪", "18600981122"),
    ("陈建国", "15921330042"),
    ("赵一凡", "17755002368"),
    ("孙丽", "13344556677"),
)


def scene(code: str) -> Scene | None:
    """The scene of that code or Chinese title, or None: the caller may raise what we have no words for."""
    return next((one for one in SCENES if code in (one.code, one.title)), None)
