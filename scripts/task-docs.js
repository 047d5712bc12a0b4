// Fills docs/tasks.md in from the tasks' own comments: `npm run docs`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { taskReference } from "./task-reference.js";

const file = fileURLToPath(new URL("../docs/tasks.md", import.meta.url));

/** Begins and ends what is made for a category; the rest of the page is written by hand. */
const PART = /(<!-- tasks: (.+) -->\n)[\s\S]*?(<!-- end -->)/g;

const cell = (text) => text.replace(/\n+/g, " ").replaceAll("|", "\\|");

const optionRow = ({ name, type, required, doc }) =>
  `| \`${name}${required ? "" : "?"}\` | \`${cell(type)}\` | ${cell(doc)} |`;

const section = ({ name, description, options, throws, example }) =>
  [
    `### ${name}`,
    description,
    `\`\`\`ts\n${example}\n\`\`\``,
    ...(options.length > 0
      ? [["| option | type | |", "|---|---|---|", ...options.map(optionRow)].join("\n")]
      : []),
    ...(throws.length > 0 ? [`Errors: ${throws.join("; ")}.`.replace(/\.+$/, ".")] : []),
  ].join("\n\n");

const index = (pages) =>
  [
    "| task | |",
    "|---|---|",
    ...pages.map(
      ({ name, summary }) => `| [\`${name}\`](#${name.toLowerCase()}) | ${cell(summary)} |`,
    ),
  ].join("\n");

/** The page with the reference in it. @throws Error where a category has no place on the page */
export const withTaskReference = (page, reference) => {
  const categories = new Set(reference.map(({ category }) => category));
  const filled = page.replace(PART, (_, begin, category, end) => {
    const pages = reference.filter((it) => it.category === category);
    categories.delete(category);
    return `${begin}\n${index(pages)}\n\n${pages.map(section).join("\n\n")}\n\n${end}`;
  });
  if (categories.size === 0) return filled;
  throw new Error(`docs/tasks.md has no place for the tasks of ${[...categories].join(", ")}`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, withTaskReference(readFileSync(file, "utf8"), taskReference()));
}
