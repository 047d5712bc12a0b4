import { createHash } from "node:crypto";
import type { secret } from "weft";

/** What a file is to hold; a secret one is masked and shows no diff. */
export type Content = string | ReturnType<typeof secret>;

/** The text as it goes to the host. */
export const plainText = (content: Content): string =>
  typeof content === "string" ? content : content.reveal();

/** SHA-256 of a text, as sha256sum(1) prints it. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
