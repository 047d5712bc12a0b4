import { playbook, tagged } from "weft";
import { file } from "weft/tasks/file";
import { packages } from "weft/tasks/package";
import { contract } from "../inventory/contract.ts";

/** What every server has. `npx weft tasks` lists what else there is. */
export default playbook(contract, [
  {
    name: "Basics",
    hosts: "servers",
    tasks: ({ host, vars }) => [
      tagged(["packages"], packages({ names: vars.packages })),
      tagged(
        ["motd"],
        file({ path: "/etc/motd", content: `${host}: ${vars.purpose}\n`, mode: "644" }),
      ),
    ],
  },
]);
