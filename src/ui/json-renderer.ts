import { LineOutput } from "./line-output.ts";
import type { RenderOptions } from "./render-options.ts";
import type { Renderer } from "./renderer.ts";

// JSON leaves these as they are, and a terminal takes some of them for commands.
const escapeControls = (json: string): string =>
  json.replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Every event as one line of JSON, for programs. */
export const createJsonRenderer = ({ stdout }: RenderOptions): Renderer => {
  const output = new LineOutput(stdout);
  return {
    emit: (event) => output.write([escapeControls(JSON.stringify(event))]),
    close: () => output.flush(),
  };
};
