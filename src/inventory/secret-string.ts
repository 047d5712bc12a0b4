import * as z from "zod";
import { Secret } from "../shell/secret.ts";

/**
 * The schema of a secret: takes what comes out of an encrypted file, or a plain text, which it makes
 * secret; gives a `Secret`, as `` sh`...` `` and tasks take it.
 *
 * @param text checks the plain text; its messages must not quote it
 *
 * @example
 * ```ts
 * defineContract({ db: z.object({ password: secretString(z.string().min(12)) }) })
 * ```
 */
export const secretString = (text: z.ZodType<string, string> = z.string()) =>
  z
    .custom<Secret | string>(
      (value) => value instanceof Secret || typeof value === "string",
      "expected a secret or a text",
    )
    .transform((value, context) => {
      const secret = value instanceof Secret ? value : new Secret(value);
      for (const { message } of text.safeParse(secret.reveal()).error?.issues ?? []) {
        context.addIssue({ code: "custom", message });
      }
      return secret;
    });
