import { createPlainRenderer } from "../plain-renderer.ts";
import type { RenderOptions } from "../render-options.ts";
import type { Renderer } from "../renderer.ts";

export const createListrRenderer = (options: RenderOptions): Renderer =>
  createPlainRenderer(options);
