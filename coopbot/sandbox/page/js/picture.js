// Pictures.

import { h } from "./dom.js";
import { t } from "./words.js";

// Only pictures of this machine are loaded; of another one the words stand in its place.
export function picture(url, alt, spec = "img") {
  if (local(url)) return h(spec, { src: url, alt: alt ?? "", loading: "lazy" });
  return h("span.image-off", { title: t("image_off"), role: "img", "aria-label": alt ?? "" }, alt || t("image_off"));
}

function local(url) {
  try {
    const { hostname, protocol } = new URL(url, location.href);
    return protocol === "data:" || protocol === "blob:" || hostname === location.hostname || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  } catch {
    return false;
  }
}
