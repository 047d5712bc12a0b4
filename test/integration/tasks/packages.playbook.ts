import { playbook } from "weft";
import { archive } from "../../../tasks/archive.ts";
import { packages } from "../../../tasks/package.ts";
import { packageFile } from "../../../tasks/package-file.ts";
import { packageRepo } from "../../../tasks/package-repo.ts";
import { contract } from "./one-host.ts";

/** What the test wants of the host now. */
export interface Wanted {
  readonly packages?: Parameters<typeof packages>[0];
  readonly file?: Parameters<typeof packageFile>[0];
}

const folder = process.env.WEFT_TEST_FOLDER;
const wanted: Wanted = JSON.parse(process.env.WEFT_TEST_WANTED ?? "{}");

export default playbook(contract, [
  {
    name: "Packages",
    hosts: "all",
    tasks: () => [
      archive({
        archive: { local: `${folder}/repo.tar.gz` },
        into: "/srv/weft-test",
        creates: "/srv/weft-test/repodata",
      }),
      packageRepo({ name: "weft-test", baseurl: "file:///srv/weft-test", gpgcheck: false }),
      wanted.packages && packages(wanted.packages),
      wanted.file && packageFile(wanted.file),
    ],
  },
]);
