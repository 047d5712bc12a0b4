/**
 * Whether an installed version is the wanted one. The epoch may be left out, and of an rpm the release as
 * well; `*` stands for anything.
 *
 * @param installed with its epoch: "0:1.24.0-1.el9" of an rpm, "1:1.24.0-1" or "1.24.0-1" of a deb
 */
export const isVersion = (wanted: string, installed: string, kind: "rpm" | "deb"): boolean => {
  const pattern = new RegExp(
    `^${wanted
      .split("*")
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"))
      .join(".*")}$`,
  );
  const bare = withoutEpoch(installed);
  const forms = [installed, bare, ...(kind === "rpm" ? [bare.replace(/-[^-]*$/, "")] : [])];
  return forms.some((form) => pattern.test(form));
};

/** A version without the number before its colon. */
export const withoutEpoch = (version: string): string => version.replace(/^\d+:/, "");
