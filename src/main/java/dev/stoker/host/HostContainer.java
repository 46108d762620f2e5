package dev.stoker.host;

/**
 * The container that a process runs in. Pure data; the texts come from the kernel and still need
 * cleaning to print.
 *
 * @param engine docker, podman, containerd or kubernetes, as far as the group's path tells
 * @param id the full identifier, hexadecimal
 * @param podId the identifier of its Kubernetes pod; empty where it is in none
 * @param pod the pod's name with its namespace, such as {@code ml/ollama-0}; empty where it is not
 *     known
 */
public record HostContainer(String engine, String id, String podId, String pod) {

    /** Returns the first twelve characters of the identifier, as the engines show it. */
    public String shortId() {
        return id.substring(0, Math.min(12, id.length()));
    }
}
