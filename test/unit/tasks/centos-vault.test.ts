import { describe, expect, it } from "vitest";
import { centosVault } from "../../../tasks/centos-vault.ts";
import { answer } from "./answer.ts";

// As CentOS 7's and CentOS Stream 8's own packages have them.
const base7 = `# CentOS-Base.repo

[base]
name=CentOS-$releasever - Base
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra
#baseurl=http://mirror.centos.org/centos/$releasever/os/$basearch/
gpgcheck=1

[own]
name=Somebody's
mirrorlist=http://mirrors.example.com/
`;
const stream8 = `[baseos]
mirrorlist=http://mirrorlist.centos.org/?release=$stream&arch=$basearch&repo=BaseOS&infra=$infra
#baseurl=http://mirror.centos.org/$contentdir/$stream/BaseOS/$basearch/os/
enabled=1
`;
const openstack = `[centos-openstack-train]
mirrorlist=http://mirrorlist.centos.org?arch=$basearch&release=$releasever&repo=cloud-openstack-train
#baseurl=http://mirror.centos.org/$contentdir/$releasever/cloud/$basearch/openstack-train/
`;

const planned = (release: string, text: string, url?: string) => {
  const marked = text.trimEnd().replace(/^/gm, "|");
  const task = centosVault(url === undefined ? {} : { url });
  return task.plan(
    task.probe.parse(
      answer(`release=${release}\nfile=/etc/yum.repos.d/CentOS-Base.repo\n${marked}\n\n`),
    ),
  );
};

describe("centosVault", () => {
  it.each([
    ["CentOS release 6.10 (Final)", base7, "http://vault.centos.org/6.10/os/$basearch/"],
    [
      "CentOS Linux release 7.9.2009 (Core)",
      base7,
      "http://vault.centos.org/7.9.2009/os/$basearch/",
    ],
    [
      "CentOS Linux release 7.9.2009 (Core)",
      openstack,
      "http://vault.centos.org/7.9.2009/cloud/$basearch/openstack-train/",
    ],
    ["CentOS Stream release 8", stream8, "http://vault.centos.org/8-stream/BaseOS/$basearch/os/"],
  ])("names the vault on %s", (release, text, baseurl) => {
    const [change, ...others] = planned(release, text);
    expect(others).toEqual([]);
    expect(change?.summary).toBe("have /etc/yum.repos.d/CentOS-Base.repo name the vault");
    const after = change?.diff?.after ?? "";
    expect(after).toContain(`\nbaseurl=${baseurl}\n`);
    expect(after).toContain("\n#mirrorlist=http://mirrorlist.centos.org");
    expect(after.split("\n")).toHaveLength(text.split("\n").length);
    expect(planned(release, after)).toEqual([]);
  });

  it("leaves sections alone that are not CentOS's", () => {
    const [change] = planned("CentOS Linux release 7.9.2009 (Core)", base7);
    expect(change?.diff?.after).toContain("\nmirrorlist=http://mirrors.example.com/\n");
  });

  it.each([["CentOS Stream release 9"], ["CentOS Stream release 10 (Coughlan)"]])(
    "does nothing on %s",
    (release) => {
      expect(planned(release, stream8)).toEqual([]);
    },
  );

  it("does nothing where it is no CentOS", () => {
    const task = centosVault();
    expect(task.plan(task.probe.parse(answer("")))).toEqual([]);
  });

  it("takes a mirror of the vault", () => {
    const [change] = planned(
      "CentOS release 6.10 (Final)",
      base7,
      "http://mirror.example.com/vault",
    );
    expect(change?.diff?.after).toContain(
      "baseurl=http://mirror.example.com/vault/6.10/os/$basearch/",
    );
  });
});
