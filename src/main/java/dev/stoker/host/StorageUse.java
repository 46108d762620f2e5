package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * The file system that a folder lies on. Immutable.
 *
 * @param folder which folder was asked for
 * @param mount where the file system is mounted
 * @param type such as {@code ext4}
 * @param device the kernel's name of its block device, such as {@code nvme0n1p2}
 * @param total its size
 * @param available what this user may still write
 * @param read bytes a second between two samples
 * @param written bytes a second
 */
public record StorageUse(
        String folder,
        Reading<String> mount,
        Reading<String> type,
        Reading<String> device,
        Reading<Bytes> total,
        Reading<Bytes> available,
        Reading<Double> read,
        Reading<Double> written) {}
