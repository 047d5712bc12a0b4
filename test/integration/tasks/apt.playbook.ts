import { defineContract, playbook } from "weft";
import * as z from "zod";
import { aptRepo } from "../../../tasks/apt-repo.ts";
import { packages } from "../../../tasks/package.ts";
import { packageFile } from "../../../tasks/package-file.ts";
import type { Wanted } from "./packages.playbook.ts";

const wanted: Wanted = JSON.parse(process.env.WEFT_TEST_WANTED ?? "{}");

export default playbook(defineContract({ all: z.object({}) }), [
  {
    name: "Packages",
    hosts: "all",
    tasks: () => [
      aptRepo({
        name: "weft-test",
        uris: `file://${process.env.WEFT_TEST_FOLDER}/repo`,
        suites: "./",
        settings: { Trusted: "yes" },
      }),
      wanted.packages && packages(wanted.packages),
      wanted.file && packageFile(wanted.file),
    ],
  },
]);
