let segmenter: Intl.Segmenter | undefined;

// Made when a text needs it: loading its tables takes longer than most of what weft does at start.
const graphemes = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
};

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|.\ufe0f)/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const cells = (grapheme: string): number => {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
};

/** How many terminal cells a text without escape sequences takes: Chinese and emoji take two. */
export const textWidth = (text: string): number => {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += cells(segment);
  return width;
};

/** Cuts a text without escape sequences to so many cells, with an ellipsis where it was cut. */
export const truncate = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += cells(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
};

/** Fills a text up with spaces to so many cells. */
export const pad = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - textWidth(text)));

/**
 * Breaks a line at spaces; what follows keeps the line's indentation. A word that is longer than
 * the width, such as an address, stays whole.
 */
export const wrapWords = (text: string, width: number): string[] => {
  if (textWidth(text) <= width) return [text];
  const start = text.length - text.trimStart().length;
  const lead = text.slice(0, start);
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(start).split(" ")) {
    if (line !== "" && start + textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(lead + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, lead + line];
};
