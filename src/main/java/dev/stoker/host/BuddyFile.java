package dev.stoker.host;

import dev.stoker.base.Reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads how the kernel's free memory is cut up. Stateless.
 *
 * <p>Source: proc_buddyinfo(5): a line a node and zone, with the number of free blocks of 1, 2, 4 …
 * pages.
 */
final class BuddyFile {
    private static final int MOST_SIZES = 64;

    private BuddyFile() {}

    static Reading<List<Long>> parse(Reading<String> file, Path path) {
        if (!(file instanceof Reading.Known<String>(String text))) {
            return file.map(_ -> List.of());
        }
        List<Long> sums = new ArrayList<>();
        for (String line : text.lines().toList()) {
            int zone = line.indexOf("zone");
            if (zone < 0) {
                continue;
            }
            Columns columns = new Columns(line, zone, line.length());
            columns.skip(2);
            for (int size = 0; size < MOST_SIZES; size++) {
                long count = columns.number();
                if (count < 0) {
                    break;
                }
                if (size == sums.size()) {
                    sums.add(count);
                } else {
                    sums.set(size, sums.get(size) + count);
                }
            }
        }
        return sums.isEmpty()
                ? Reading.failed(path + " holds no free blocks")
                : Reading.known(List.copyOf(sums));
    }
}
