import type { MeshLab } from "./mesh-lab.ts";

/** A page of 500 lines, more than a packet, on a port of a container. */
export const serve = (lab: MeshLab, host: string, container: string, port: number) =>
  lab.on(
    host,
    `docker exec ${container} sh -c 'mkdir -p /www; for i in $(seq 500); do echo a line of weft; done >/www/page; pidof httpd >/dev/null || httpd -p ${port} -h /www'`,
  );

/** Ends what {@link serveOutside} began. Docker may answer before it has forgotten the container. */
export const removeOutside = async (lab: MeshLab, host: string): Promise<void> => {
  await lab.on(
    host,
    `docker rm --force outside 2>/dev/null
     timeout 30 sh -c 'while grep -qs "/outside" /var/lib/docker/containers/*/config.v2.json; do sleep 0.2; done'`,
  );
};

/** The same page on a port of a host, which is outside for containers that have a mesh NIC only. */
export const serveOutside = async (lab: MeshLab, host: string, port: number): Promise<void> => {
  await lab.on(
    host,
    "docker rm --force outside 2>/dev/null; docker run --detach --rm --name outside --net host weft/busybox:1 sleep 4714",
  );
  await serve(lab, host, "outside", port);
};

/** How many lines of such a page a container gets over HTTP. */
export const fetched = (
  lab: MeshLab,
  host: string,
  container: string,
  address: string,
  port: number,
) =>
  lab.on(
    host,
    `docker exec ${container} sh -c 'printf "GET /page HTTP/1.0\\r\\n\\r\\n" | timeout 8 nc ${address} ${port} | grep -c weft'`,
  );
