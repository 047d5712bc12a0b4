// Reads the reference of all tasks from their sources: what `weft tasks` shows and docs/tasks.md holds.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

/** @import { TaskOption, TaskPage } from "../src/task-page.ts" */

const folder = fileURLToPath(new URL("../tasks", import.meta.url));

/** The order in which categories are told. */
const CATEGORIES = ["Files", "Commands", "System", "Networks of containers"];

/** The text of a doc comment without its stars. */
const unstarred = (comment) =>
  comment
    .replace(/^\*/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();

/** Paragraphs on one line each; a line break in a comment means nothing. */
const unwrapped = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .replace(/\s*\n\s*/g, " ")
        .replace(/\{@link (\S+)\}/g, "`$1`")
        .trim(),
    )
    .join("\n\n");

/** A doc comment's description and what its tags say, in order. */
const commentOf = (text) => {
  const [description = "", ...tags] = text.split(/^@(?=\w)/m);
  const said = (tag) =>
    tags.flatMap((part) =>
      part.startsWith(`${tag} `) || part.startsWith(`${tag}\n`)
        ? [part.slice(tag.length).trim()]
        : [],
    );
  return { description: unwrapped(description), said };
};

/** What a file declares, each with the doc comment right before it, and where its imports come from. */
const readModule = (file) => {
  const source = readFileSync(file, "utf8");
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const docBefore = ({ start }) => {
    const comment = comments.findLast(({ end }) => end <= start);
    if (comment === undefined || !comment.value.startsWith("*")) return "";
    return source.slice(comment.end, start).trim() === "" ? unstarred(comment.value) : "";
  };
  const declared = new Map();
  const imported = new Map();
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      if (!statement.source.value.startsWith(".")) continue;
      const from = join(dirname(file), statement.source.value);
      for (const { local, imported: name } of statement.specifiers) {
        imported.set(local.name, { file: from, name: name.name });
      }
      continue;
    }
    const isExport = statement.type === "ExportNamedDeclaration";
    const node = isExport ? statement.declaration : statement;
    if (/^TS(Interface|TypeAlias)Declaration$/.test(node?.type)) {
      declared.set(node.id.name, { node, doc: docBefore(statement) });
    } else if (node?.type === "VariableDeclaration") {
      for (const { id, init } of node.declarations) {
        declared.set(id.name, { node: init, doc: docBefore(statement), isExport });
      }
    }
  }
  return { file, source, declared, imported, docBefore };
};

const modules = new Map();
const moduleOf = (file) => {
  if (!modules.has(file)) modules.set(file, readModule(file));
  return modules.get(file);
};

/** A name's declaration and the module that has it; `undefined` for what tasks/ does not declare. */
const lookUp = (name, module) => {
  const declaration = module.declared.get(name);
  if (declaration !== undefined) return { ...declaration, module };
  const from = module.imported.get(name);
  return from && lookUp(from.name, moduleOf(from.file));
};

/** The type of a function's first parameter. */
const parameterType = (arrow) => {
  const [first] = arrow.params;
  const pattern = first?.type === "AssignmentPattern" ? first.left : first;
  return pattern?.typeAnnotation?.typeAnnotation;
};

/** The properties of an object type, each with its own module; `undefined` for any other type. */
const propertiesOf = (node, module) => {
  switch (node?.type) {
    case "TSTypeLiteral":
      return node.members.map((member) => ({ key: member.key.name, member, module }));
    case "TSInterfaceDeclaration": {
      const own = node.body.body.map((member) => ({ key: member.key.name, member, module }));
      const inherited = node.extends.flatMap(({ expression }) => {
        const found = lookUp(expression.name, module);
        return found ? (propertiesOf(found.node, found.module) ?? []) : [];
      });
      return [...own, ...inherited.filter(({ key }) => !own.some((it) => it.key === key))];
    }
    case "TSTypeAliasDeclaration":
      return propertiesOf(node.typeAnnotation, module);
    case "TSIndexedAccessType": {
      // Parameters<typeof file>[0]
      const [query] = node.objectType.typeArguments?.params ?? [];
      if (query?.type !== "TSTypeQuery") return undefined;
      const found = lookUp(query.exprName.name, module);
      return found && propertiesOf(parameterType(found.node), found.module);
    }
    case "TSTypeReference": {
      const { name } = node.typeName;
      if (name === "Omit") {
        const [from, left] = node.typeArguments.params;
        const omitted = (left.types ?? [left]).map(({ literal }) => literal.value);
        return propertiesOf(from, module)?.filter(({ key }) => !omitted.includes(key));
      }
      const found = lookUp(name, module);
      return found && propertiesOf(found.node, found.module);
    }
    default:
      return undefined;
  }
};

/** What is in an array type, and how often: `readonly T[]` is T and "[]". */
const elementOf = (node) => {
  if (node.type === "TSTypeOperator") return elementOf(node.typeAnnotation);
  if (node.type !== "TSArrayType") return { node, suffix: "" };
  const inner = elementOf(node.elementType);
  return { node: inner.node, suffix: `${inner.suffix}[]` };
};

/** `T | undefined` is what an optional property has anyway. */
const withoutUndefined = (node) => {
  if (node.type !== "TSUnionType") return node;
  const types = node.types.filter(({ type }) => type !== "TSUndefinedKeyword");
  return types.length === 1 ? types[0] : { ...node, types };
};

/** A type as the reader of a page wants it: without modifiers, aliases of tasks/ filled in. */
const typeText = (node, module) => {
  if (node.type === "TSUnionType") {
    return node.types.map((type) => typeText(type, module)).join(" | ");
  }
  const element = elementOf(node);
  if (element.suffix !== "") {
    const text = typeText(element.node, module);
    return `${text.includes(" | ") ? `(${text})` : text}${element.suffix}`;
  }
  if (node.type === "TSTypeReference") {
    const found = lookUp(node.typeName.name, module);
    if (found?.node.type === "TSTypeAliasDeclaration") {
      return typeText(found.node.typeAnnotation, found.module);
    }
  }
  return module.source
    .slice(node.start, node.end)
    .replace(/\s+/g, " ")
    .replace(/\breadonly /g, "")
    .replace(/;( })/g, "$1")
    .replace(/ReturnType<typeof secret>/g, "secret()");
};

/** What a property's own comment says, or that of the type it names. */
const docOf = ({ member, module }, element) => {
  const own = module.docBefore(member);
  if (own !== "" || element.type !== "TSTypeReference") return unwrapped(own);
  return unwrapped(lookUp(element.typeName.name, module)?.doc ?? "");
};

/**
 * The options of a type, those of objects in it after it: `nic`, then `nic.name`.
 *
 * @returns {TaskOption[]}
 */
const optionsOf = (properties, prefix = "") =>
  properties.flatMap(({ key, member, module }) => {
    const type = withoutUndefined(member.typeAnnotation.typeAnnotation);
    const element = elementOf(type);
    const inner = propertiesOf(element.node, module);
    const name = `${prefix}${key}`;
    const doc = docOf({ member, module }, element.node);
    const byDefault = /(?:^|\s)Default: (.+?)\.(?=\s|$)/.exec(doc)?.[1];
    return [
      {
        name,
        type: inner ? `object${element.suffix}` : typeText(type, module),
        required: !member.optional,
        ...(byDefault !== undefined && { default: byDefault }),
        doc,
      },
      ...(inner ? optionsOf(inner, `${name}${element.suffix}.`) : []),
    ];
  });

/** An example with what it imports, so that it can be pasted. */
const withImports = (example, name, module) => {
  const used = ["secret", "sh"].filter((it) => new RegExp(`\\b${it}[(\`]`).test(example));
  const lines = [
    ...(used.length > 0 ? [`import { ${used.join(", ")} } from "weft";`] : []),
    `import { ${name} } from "${module}";`,
  ];
  return `${lines.join("\n")}\n\n${example}`;
};

/** @returns {TaskPage} */
const pageOf = (file) => {
  const module = moduleOf(join(folder, file));
  const wrong = (what) => new Error(`tasks/${file}: ${what}`);
  const tasks = [...module.declared].filter(
    ([, { isExport, doc }]) => isExport && /^@example$/m.test(doc),
  );
  if (tasks.length !== 1) {
    throw wrong(
      `expected one task, exported with a doc comment that has an @example, found ${tasks.length}`,
    );
  }
  const [[name, { node, doc }]] = tasks;
  const { description, said } = commentOf(doc);
  if (description === "") throw wrong(`the doc comment of ${name} does not say what it is for`);
  const [category = ""] = said("category");
  if (!CATEGORIES.includes(category)) {
    throw wrong(`the doc comment of ${name} needs @category, one of ${CATEGORIES.join(", ")}`);
  }
  const examples = said("example").map((text) => /^```ts\n([\s\S]*?)\n```$/.exec(text)?.[1]);
  if (examples.includes(undefined)) throw wrong("an @example is a block of ```ts and nothing else");
  const importedFrom = `weft/tasks/${file.replace(/\.ts$/, "")}`;
  return {
    name,
    module: importedFrom,
    category,
    summary: /^.+?\.(?=\s|$)/.exec(description)?.[0] ?? description,
    description,
    options: optionsOf(propertiesOf(parameterType(node), module) ?? []),
    throws: said("throws").map(unwrapped),
    example: withImports(examples.join("\n"), name, importedFrom),
  };
};

/**
 * The reference of all tasks, by category and name.
 *
 * @returns {TaskPage[]}
 * @throws Error that names the file where a task's comment lacks something
 */
export const taskReference = () =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map(pageOf)
    .sort(
      (one, other) =>
        CATEGORIES.indexOf(one.category) - CATEGORIES.indexOf(other.category) ||
        one.name.localeCompare(other.name, "en"),
    );
