import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const schema = fileURLToPath(new URL("junit.xsd", import.meta.url));

/**
 * Fails where a text is no JUnit file: not well-formed, or not valid. It needs xmllint, of the
 * package libxml2-utils.
 */
export const checkJunit = (xml: string): void => {
  execFileSync("xmllint", ["--noout", "--nonet", "--schema", schema, "-"], {
    input: xml,
    stdio: ["pipe", "pipe", "pipe"],
  });
};

/** What an XPath expression gives of a document, as text. */
export const xpath = (xml: string, expression: string): string =>
  execFileSync("xmllint", ["--nonet", "--xpath", expression, "-"], {
    input: xml,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  }).replace(/\n$/, "");
