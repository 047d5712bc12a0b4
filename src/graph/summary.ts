import type { NetworkGraph } from "./model.ts";

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

/** A graph in one line: "3 hosts, 6 containers, 3 tunnels: all as declared". */
export const summary = ({ hosts, links }: NetworkGraph): string => {
  const boxes = hosts.flatMap(({ containers }) => containers);
  const nics = boxes.flatMap((box) => box.nics);
  const bad = [
    [hosts, "host"],
    [boxes, "container"],
    [nics, "NIC"],
    [links, "tunnel"],
  ] as const;
  const wrong = bad.flatMap(([all, what]) => {
    const count = all.filter(({ status }) => status === "bad").length;
    return count === 0 ? [] : [counted(count, what)];
  });
  const silent = hosts.filter(({ status }) => status === "unknown").length;
  const verdict = [
    ...(wrong.length === 0 ? [] : [`${wrong.join(", ")} not as declared`]),
    ...(silent === 0 ? [] : [`${counted(silent, "host")} without an answer`]),
  ];
  const parts = [
    counted(hosts.length, "host"),
    counted(boxes.length, "container"),
    counted(links.length, "tunnel"),
  ];
  return `${parts.join(", ")}: ${verdict.join("; ") || "all as declared"}`;
};
