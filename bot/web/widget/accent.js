// The site's colour, made readable.

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
  const before = host.style.getPropertyValue("color");
  host.style.setProperty("color", css);
  const parts = getComputedStyle(host).color.match(/^rgba?\((\d+), (\d+), (\d+)\)?/);
  host.style.setProperty("color", before);
  return parts && parts.slice(1).map(Number);
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
