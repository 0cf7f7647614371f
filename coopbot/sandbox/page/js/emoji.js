// Names that apps and people commonly write, as characters: no picture is needed.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", eyes: "👀", white_check_mark: "✅", heavy_check_mark: "✔️",
  x: "❌", warning: "⚠️", rotating_light: "🚨", fire: "🔥", clock1: "🕐", clock3: "🕒", clock9: "🕘", alarm_clock: "⏰",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", timer_clock: "⏲️", stopwatch: "⏱️", bell: "🔔", no_bell: "🔕",
  red_circle: "🔴", large_red_circle: "🔴", orange_circle: "🟠", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  yellow_circle: "🟡", large_green_circle: "🟢", green_circle: "🟢", large_blue_circle: "🔵", blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", large_purple_circle: "🟣", red_square: "🟥", large_red_square: "🟥",
  package: "📦", truck: "🚚", receipt: "🧾", gift: "🎁", moneybag: "💰", money_with_wings: "💸", chart_with_upwards_trend: "📈",
  memo: "📝", pencil: "✏️", pencil2: "✏️", speech_balloon: "💬", left_speech_bubble: "🗨️", link: "🔗", lock: "🔒",
  unlock: "🔓", hand: "✋", raised_hand: "✋", raising_hand: "🙋", wave: "👋", pray: "🙏", clap: "👏", tada: "🎉",
  ok_hand: "👌", muscle: "💪", point_right: "👉", point_up: "☝️", heart: "❤️", smile: "😄", slightly_smiling_face: "🙂",
  thinking_face: "🤔", sweat_smile: "😅", joy: "😂", cry: "😢", sob: "😭", robot_face: "🤖", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", zap: "⚡", star: "⭐", sparkles: "✨",
  question: "❓", grey_question: "❔", exclamation: "❗", heavy_exclamation_mark: "❗", information_source: "ℹ️", bulb: "💡",
  no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", stop_sign: "🛑", repeat: "🔁", arrows_counterclockwise: "🔄",
  arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️", inbox_tray: "📥", outbox_tray: "📤",
  telephone_receiver: "📞", phone: "☎️", house: "🏠", gear: "⚙️", wrench: "🔧", scales: "⚖️", shield: "🛡️", hot: "🥵",
  electric_plug: "🔌", page_facing_up: "📄", clipboard: "📋", pushpin: "📌", round_pushpin: "📍", mag: "🔍", rocket: "🚀",
  white_large_square: "⬜", black_large_square: "⬛", hash: "#️⃣", "100": "💯", coffee: "☕", sunrise: "🌅", zzz: "💤",
};

export const emoji = (name) => NAMES[name] ?? `:${name}:`;
export const QUICK = ["eyes", "white_check_mark", "+1", "pray", "tada"];
