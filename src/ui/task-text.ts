import type { TaskOption, TaskPage } from "../task-page.ts";
import { indent } from "./indent.ts";
import { createLook, type Look } from "./look.ts";
import type { RenderOptions } from "./render-options.ts";
import { pad, wrapWords } from "./text-width.ts";

type TextOptions = Pick<RenderOptions, "color" | "columns">;

const lookOf = ({ color, columns = Number.POSITIVE_INFINITY }: TextOptions): Look =>
  createLook({ color, verbosity: 0, showDiff: false }, columns);

/** Names and first sentences of tasks, by category. Ends in a newline. */
export const taskListText = (pages: readonly TaskPage[], options: TextOptions): string => {
  const { paint, width } = lookOf(options);
  const column = Math.max(...pages.map(({ name }) => name.length)) + 4;
  const line = ({ name, summary }: TaskPage): string[] => {
    const [first = "", ...rest] = wrapWords(summary, width - column);
    return [`  ${paint.bold(pad(name, column - 2))}${first}`, ...indent(rest, column)];
  };
  return [...new Set(pages.map(({ category }) => category))]
    .map((category) => {
      const own = pages.filter((page) => page.category === category);
      return `${category}\n${own.flatMap(line).join("\n")}\n`;
    })
    .join("\n");
};

const INDENT = 2;

const optionLines = (option: TaskOption, { paint, width }: Look): string[] => {
  const mark = option.required ? "" : "?";
  return [
    `${paint.bold(option.name)}${mark}: ${option.type}`,
    ...(option.doc === "" ? [] : indent(wrapWords(option.doc, width - 3 * INDENT), 2 * INDENT)),
  ];
};

/** One task's whole page. Ends in a newline. */
export const taskPageText = (page: TaskPage, options: TextOptions): string => {
  const look = lookOf(options);
  const { paint, width } = look;
  const prose = (text: string): string[] =>
    text.split("\n").flatMap((line) => wrapWords(line, width));
  const block = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", paint.bold(title), ...indent(lines, INDENT)];
  const errors = page.throws.flatMap((text) => wrapWords(text, width - INDENT));
  return [
    `${paint.bold(page.name)}  ${paint.dim(page.module)}`,
    "",
    ...prose(page.description),
    ...block(
      "Options",
      page.options.flatMap((option) => optionLines(option, look)),
    ),
    ...block("Errors", errors),
    ...block("Example", page.example.split("\n")),
    "",
  ].join("\n");
};
