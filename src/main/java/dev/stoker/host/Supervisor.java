package dev.stoker.host;

/**
 * Who keeps a process running, as its control group tells: that decides how it can be restarted and
 * whose memory limit it has. Pure data; the texts come from the kernel and still need cleaning to
 * print.
 *
 * <p>Source: the paths that systemd, Docker, Podman and containerd give to control groups.
 */
public sealed interface Supervisor {

    /**
     * A container.
     *
     * @param engine docker, podman, containerd or kubernetes, as far as the path tells
     * @param id the full identifier, hexadecimal
     */
    record Container(String engine, String id) implements Supervisor {}

    /**
     * A unit of the system's service manager.
     *
     * @param unit such as {@code ollama.service}
     */
    record SystemUnit(String unit) implements Supervisor {}

    /**
     * A unit of a user's own service manager.
     *
     * @param unit such as {@code ollama.service}
     * @param uid the user's number
     */
    record UserUnit(String unit, long uid) implements Supervisor {}

    /**
     * Nobody: a login session, a terminal, the root group.
     *
     * @param cgroup the control group's path
     */
    record Nobody(String cgroup) implements Supervisor {}
}
