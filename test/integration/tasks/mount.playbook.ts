import { playbook } from "weft";
import { mount } from "../../../tasks/mount.ts";
import { contract } from "./one-host.ts";

/** The mount of general-tasks.playbook.ts, but read-only. */
export default playbook(contract, [
  {
    name: "Mount",
    hosts: "all",
    tasks: () => [
      mount({
        path: "/srv/my scratch",
        source: "tmpfs",
        type: "tmpfs",
        options: ["ro", "size=1m", "mode=700"],
      }),
    ],
  },
]);
