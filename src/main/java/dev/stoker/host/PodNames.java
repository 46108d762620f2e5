package dev.stoker.host;

import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The names of Kubernetes pods: a node keeps the logs of each in a folder {@code
 * NAMESPACE_NAME_IDENTIFIER}. Stateless.
 *
 * <p>Source: kubelet, {@code BuildPodLogsDirectory}.
 */
final class PodNames {
    private final Path logs;

    /**
     * @param logs {@code /var/log/pods}
     */
    PodNames(Path logs) {
        this.logs = logs;
    }

    /** Returns the name of a pod with its namespace, or an empty text. */
    String of(String podId) {
        if (podId.isEmpty()) {
            return "";
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(logs, "*_" + podId)) {
            for (Path folder : folders) {
                String[] parts = String.valueOf(folder.getFileName()).split("_", -1);
                if (parts.length == 3) {
                    return Text.plain(parts[0] + "/" + parts[1], 200);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return ""; // Not on a node, or not as a user who may look there.
        }
        return "";
    }
}
