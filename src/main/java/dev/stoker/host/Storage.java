package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file system below a folder, found once by the kernel's list of mounts; its size is asked only
 * of local ones, since a network file system whose server is gone would hold the caller for ever.
 * Used by one thread.
 *
 * <p>Source: proc_pid_mountinfo(5).
 */
final class Storage {
    private static final Set<String> LOCAL =
            Set.of(
                    "ext2",
                    "ext3",
                    "ext4",
                    "xfs",
                    "btrfs",
                    "f2fs",
                    "zfs",
                    "overlay",
                    "tmpfs",
                    "vfat",
                    "exfat",
                    "bcachefs",
                    "ntfs3",
                    "erofs",
                    "squashfs");

    private final Path folder;
    private final Path sys;
    private final Reading<Mount> mount;

    /**
     * @param device its number, such as {@code 259:2}; {@code 0:…} where it is none of a device
     */
    private record Mount(String point, String type, String device, String source) {}

    Storage(Path folder, Path proc, Path sys) {
        this.folder = folder.toAbsolutePath().normalize();
        this.sys = sys;
        this.mount = find(ProcFile.text(proc.resolve("self").resolve("mountinfo")), this.folder);
    }

    private static Reading<Mount> find(Reading<String> mounts, Path folder) {
        if (!(mounts instanceof Reading.Known<String>(String text))) {
            return mounts.map(_ -> new Mount("", "", "", ""));
        }
        Optional<Mount> best = Optional.empty();
        for (String line : text.lines().toList()) {
            int dash = line.indexOf(" - ");
            String[] left = (dash < 0 ? line : line.substring(0, dash)).split(" ", -1);
            String[] right = (dash < 0 ? "" : line.substring(dash + 3)).split(" ", -1);
            if (left.length < 5 || right.length < 2) {
                continue;
            }
            String point = unescaped(left[4]);
            boolean longer = best.isEmpty() || point.length() >= best.get().point().length();
            if (longer && point.startsWith("/") && folder.startsWith(Path.of(point))) {
                best = Optional.of(new Mount(point, right[0], left[2], unescaped(right[1])));
            }
        }
        return best.<Reading<Mount>>map(Reading::known)
                .orElse(Reading.failed("no mount of this folder is listed"));
    }

    /** The kernel writes white space and backslashes of names as octal numbers. */
    private static String unescaped(String name) {
        return name.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\134", "\\")
                .replace("\0", "");
    }

    StorageUse look(Map<String, DiskUse> disks) {
        Reading<String> device =
                switch (mount) {
                    case Reading.Known<Mount>(Mount m) -> device(m);
                    case Reading.Unsupported<Mount>(String reason) -> Reading.unsupported(reason);
                    case Reading.Failed<Mount>(String reason) -> Reading.failed(reason);
                };
        Reading<Double> none =
                device.isKnown()
                        ? Reading.failed("the kernel has no counters of this device")
                        : device.map(_ -> 0.0);
        Optional<DiskUse> use = Optional.ofNullable(disks.get(device.orElse("")));
        return new StorageUse(
                Text.plain(folder.toString()),
                mount.map(m -> Text.plain(m.point())),
                mount.map(m -> Text.plain(m.type(), 40)),
                device,
                size(false),
                size(true),
                use.map(DiskUse::read).orElse(none),
                use.map(DiskUse::written).orElse(none));
    }

    /** Some file systems have no number of a device, and name the device as their source. */
    private Reading<String> device(Mount m) {
        if (m.device().matches("[1-9][0-9]*:[0-9]+")) {
            Path link = sys.resolve("dev/block").resolve(m.device());
            try {
                return Reading.known(
                        Text.plain(String.valueOf(link.toRealPath().getFileName()), 64));
            } catch (IOException e) {
                return Reading.failed(link + " does not lead to a device");
            }
        }
        return m.source().startsWith("/dev/")
                ? Reading.known(Text.plain(m.source().substring(5), 64))
                : Reading.unsupported("this file system is on no block device");
    }

    private Reading<Bytes> size(boolean available) {
        if (!mount.isKnown()) {
            return mount.map(_ -> Bytes.ZERO);
        }
        if (!LOCAL.contains(mount.value().type())) {
            return Reading.unsupported("the size of a network file system is not asked for");
        }
        try {
            FileStore store = Files.getFileStore(folder);
            return Reading.known(
                    Bytes.of(available ? store.getUsableSpace() : store.getTotalSpace()));
        } catch (IOException e) {
            return Reading.failed(folder + " could not be asked for its size");
        }
    }
}
