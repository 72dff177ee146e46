// The site's colour, made readable.
import { element } from "./dom.js";

// WCAG 2.2, 1.4.3: of text on its background.
const CONTRAST = 4.5;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour as CSS writes it, [red, green, blue] from 0 to 255, as `host` would show it; null if it is none. */
function colourOf(host, css) {
  if (!css || !CSS.supports("color", css)) return null;
  // In the root, where no style of the page's says or delays what it is; mixed, it is told in sRGB however it is written.
  const probe = element("i");
  probe.style.setProperty("color", `color-mix(in srgb, ${css}, ${css})`);
  host.shadowRoot.append(probe);
  const parts = getComputedStyle(probe).color.match(/^color\(srgb (\S+) (\S+) ([^\s)]+)/);
  probe.remove();
  return parts && parts.slice(1).map((part) => Math.round(Math.min(Math.max(part, 0), 1) * 255));
}

/**
 * Sets --accent and --on-accent of `host`. `accent` stands on a light ground, `dark` on a dark one; either may be "".
 * A colour that could not be read against the ground is mixed with black, or white, until it can.
 */
export function setAccent(host, accent, dark) {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  host.style.removeProperty("--accent");
  host.style.removeProperty("--on-accent");
  const colour = colourOf(host, (isDark && dark) || accent);
  if (!colour) return;
  const ground = colourOf(host, getComputedStyle(host).getPropertyValue("--surface").trim()) ?? (isDark ? BLACK : WHITE);
  const end = luminance(ground) > 0.18 ? BLACK : WHITE;
  let readable = colour;
  for (let share = 0.05; contrast(readable, ground) < CONTRAST && share <= 1; share += 0.05) {
    readable = colour.map((part, place) => Math.round(part + (end[place] - part) * share));
  }
  const on = contrast(readable, WHITE) >= contrast(readable, BLACK) ? WHITE : BLACK;
  host.style.setProperty("--accent", `rgb(${readable.join(" ")})`);
  host.style.setProperty("--on-accent", `rgb(${on.join(" ")})`);
}
