import { expect, test } from "vitest";
import { parseHierarchies } from "../../../src/lab/cgroup.ts";

test("a v2 machine has one hierarchy", () => {
  const line = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
  expect(parseHierarchies(line)).toEqual([
    { mountPoint: "/sys/fs/cgroup", version: 2, cpuset: false },
  ]);
});

test("a hybrid machine has one a controller and the unified one; other mounts are none", () => {
  const text = `24 1 0:22 / /sys/fs/cgroup ro - tmpfs tmpfs ro
25 24 0:23 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
26 24 0:24 / /sys/fs/cgroup/cpuset rw shared:9 - cgroup cgroup rw,cpuset
27 24 0:25 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`;
  expect(parseHierarchies(text)).toEqual([
    { mountPoint: "/sys/fs/cgroup/cpu,cpuacct", version: 1, cpuset: false },
    { mountPoint: "/sys/fs/cgroup/cpuset", version: 1, cpuset: true },
    { mountPoint: "/sys/fs/cgroup/unified", version: 2, cpuset: false },
  ]);
});
