import { describe, expect, it } from "vitest";
import type { TaskPage } from "../../../src/task-page.ts";
import { taskListText, taskPageText } from "../../../src/ui/task-text.ts";

const page: TaskPage = {
  name: "symlink",
  module: "weft/tasks/symlink",
  category: "Files",
  summary: "A symbolic link.",
  description:
    "A symbolic link. One that points elsewhere is replaced.\n\nIt need not lead anywhere.",
  options: [
    { name: "path", type: "string", required: true, doc: "Where the link is on the host." },
    { name: "force", type: "boolean", required: false, default: "false", doc: "Default: false." },
    { name: "target", type: "string", required: true, doc: "" },
  ],
  throws: ["TaskError for a path that is not absolute"],
  example: 'import { symlink } from "weft/tasks/symlink";\n\nsymlink({\n  path: "/a",\n})',
};

describe("a task's page", () => {
  it("tells options as TypeScript writes them, and stays within the width", () => {
    expect(taskPageText(page, { color: false, columns: 34 })).toBe(`symlink  weft/tasks/symlink

A symbolic link. One that points
elsewhere is replaced.

It need not lead anywhere.

Options
  path: string
      Where the link is on the
      host.
  force?: boolean
      Default: false.
  target: string

Errors
  TaskError for a path that is not
  absolute

Example
  import { symlink } from "weft/tasks/symlink";

  symlink({
    path: "/a",
  })
`);
  });

  it("leaves lines whole where there is no width", () => {
    const plain = taskPageText({ ...page, options: [], throws: [] }, { color: false });
    expect(plain).toMatch(/^A symbolic link\. One that points elsewhere is replaced\.$/m);
    expect(plain).not.toMatch(/Options|Errors/);
  });
});

describe("the list of tasks", () => {
  it("is by category, summaries in one column", () => {
    const command = { ...page, name: "do", category: "Commands", summary: "Runs what you like." };
    expect(taskListText([page, command], { color: false, columns: 24 })).toBe(`Files
  symlink  A symbolic
           link.

Commands
  do       Runs what you
           like.
`);
  });
});
