import { describe, expect, it } from "vitest";
import { selinuxDenials } from "../../../../tasks/doctor/selinux-denials.ts";
import { answer } from "../answer.ts";

const read = (stdout: string) => selinuxDenials().probe.parse(answer(stdout));

const denied = (at: number, comm: string, rest: string): string =>
  `type=AVC msg=audit(${at}.364:1021): avc:  denied  { ${rest}\n`.replace("COMM", comm);

const now = 1_700_003_600;

describe("what SELinux denied", () => {
  it("is told by program, permission and object, the same ones once", () => {
    const one = (at: number): string =>
      denied(
        at,
        "dhclient",
        `read } for  pid=2113 comm="COMM" name="dhclient-weft.conf" dev="dm-0" ino=33 scontext=system_u:system_r:dhcpc_t:s0 tcontext=unconfined_u:object_r:user_tmp_t:s0 tclass=file permissive=0`,
      );
    expect(read(`enforcing=yes\nnow=${now}\nlog=yes\n${one(now - 60)}${one(now - 5)}`)).toEqual({
      enforcing: true,
      hasLog: true,
      denials: [
        { program: "dhclient", permissions: "read", object: "file dhclient-weft.conf", count: 2 },
      ],
    });
  });

  it("is read from the kernel's log too", () => {
    const line = `msg=audit(${now}.100:9): avc:  denied  { create } for  pid=7 comm="ovs-vswitchd" scontext=a tcontext=b tclass=netlink_socket permissive=0\n`;
    expect(read(`enforcing=yes\nnow=${now}\nlog=yes\n${line}`).denials).toEqual([
      { program: "ovs-vswitchd", permissions: "create", object: "netlink_socket", count: 1 },
    ]);
  });

  it("leaves out what is older than an hour, and other programs", () => {
    const old = denied(now - 3601, "dhcpd", `write } for  pid=1 comm="COMM" tclass=file`);
    const other = denied(now, "httpd", `write } for  pid=1 comm="COMM" tclass=file`);
    expect(read(`enforcing=yes\nnow=${now}\nlog=yes\n${old}${other}`).denials).toEqual([]);
  });

  it("is nothing where SELinux does not enforce", () => {
    expect(read("")).toEqual({ enforcing: false, hasLog: false, denials: [] });
  });
});
