// What the bundle leaves out, or loads only when it is needed: esbuild's plugins, each for one reason.
import { dirname } from "node:path";

// zod brings its messages in 50 languages; weft speaks one, and they take as long to load as the rest.
export const withoutLocales = {
  name: "zod-without-locales",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, () => ({ path: "none", namespace: "locales" }));
    onLoad({ filter: /.*/, namespace: "locales" }, () => ({ contents: "export {};" }));
  },
};

/** What stands for parts of ssh2 that weft has no use for, by their names' ends. */
const SSH2_STUBS = {
  // WebAssembly for chacha20-poly1305, compiled at every start; weft offers AES-GCM and never that cipher.
  "crypto/poly1305.js":
    "module.exports = async () => ({ _malloc: () => 0, cwrap: () => () => 0 });",
  // Weft offers no compression; ssh2 makes a decompressor at every start, to see of which class it is.
  zlib: "module.exports = { createInflate: () => ({ _handle: {} }), constants: {} };",
  // Optional native parts: what is never there is looked for in many folders.
  "cpu-features": "throw new Error('left out');",
  "sshcrypto.node": "throw new Error('left out');",
  "http-agents.js": "module.exports = {};",
  "keygen.js": "module.exports = {};",
  "server.js": "module.exports = {};",
  "SFTP.js": "module.exports = { SFTP: class {} };",
};

export const ssh2WithoutUnused = {
  name: "ssh2-without-unused-parts",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (!importer.includes("/node_modules/ssh2/")) return undefined;
      const stub = Object.keys(SSH2_STUBS).find(
        (name) => path === name || path.endsWith(`/${name}`),
      );
      return stub && { path: stub, namespace: "ssh2-stub" };
    });
    onLoad({ filter: /.*/, namespace: "ssh2-stub" }, ({ path }) => ({
      contents: SSH2_STUBS[path],
    }));
  },
};

// A third of the bundle would be zx, which only the lab needs.
export const zxApart = {
  name: "zx-apart",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^zx$/ }, () => ({ path: "./zx.cjs", external: true }));
  },
};

// Node's own modules that take a while to load, and that a run calls nothing of before it connects.
export const builtinsWhenCalled = {
  name: "builtins-when-called",
  setup: ({ onResolve, onLoad }) => {
    const filter = /^(node:)?(child_process|dns|fs\/promises|readline\/promises)$/;
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === "when-called" ? { path, external: true } : { path, namespace: "when-called" },
    );
    onLoad({ filter, namespace: "when-called" }, async ({ path }) => {
      const { default: builtin } = await import(path);
      const names = Object.keys(builtin);
      const functions = names.filter((name) => typeof builtin[name] === "function");
      const others = names.filter((name) => typeof builtin[name] !== "function");
      return {
        contents: `const builtin = () => require("${path}");
          const whenCalled = (name) => new Proxy(function () {}, {
            get: (_, key) => builtin()[name][key],
            apply: (_, self, args) => Reflect.apply(builtin()[name], self, args),
            construct: (_, args) => Reflect.construct(builtin()[name], args),
          });
          for (const name of ${JSON.stringify(functions)}) exports[name] = whenCalled(name);
          for (const name of ${JSON.stringify(others)})
            Object.defineProperty(exports, name, { get: () => builtin()[name], enumerable: true });`,
      };
    });
  },
};

// yargs looks for a package.json with a version, which weft tells it.
export const yargsWithoutSearch = {
  name: "yargs-without-search",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^escalade\/sync$/ }, () => ({ path: "none", namespace: "no-search" }));
    onLoad({ filter: /.*/, namespace: "no-search" }, () => ({
      contents: "export default () => { throw new Error('not looked for'); };",
    }));
  },
};

// yargs and listr2 measure texts by string-width, which loads tables of Unicode as soon as it is imported.
export const stringWidthWhenNeeded = {
  name: "string-width-when-needed",
  setup: ({ onResolve, onLoad, resolve }) => {
    onResolve({ filter: /^string-width$/ }, async ({ kind, resolveDir, pluginData }) => {
      if (kind !== "import-statement" || pluginData === "resolving") return undefined;
      const { path } = await resolve("string-width", { kind, resolveDir, pluginData: "resolving" });
      return { path, namespace: "string-width" };
    });
    onLoad({ filter: /.*/, namespace: "string-width" }, ({ path }) => ({
      contents: `let whole;
        export default (text, options) =>
          typeof text === "string" && /^[\\x20-\\x7e]*$/.test(text)
            ? text.length
            : (whole ??= require(${JSON.stringify(path)}).default)(text, options);`,
      resolveDir: dirname(path),
    }));
  },
};
