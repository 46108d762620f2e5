package dev.stoker.gpu.sysfs;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuTrouble;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A graphics card as the kernel lists it. Its number may change from start to start; its place on
 * the bus does not. Thread-safe.
 *
 * <p>Source: the kernel's drm and PCI sysfs documents, and that of runtime power management.
 *
 * @param card such as {@code /sys/class/drm/card0}
 * @param pciBusId such as {@code 0000:03:00.0}; empty where it is not on that bus
 */
public record DrmCard(SysTree tree, Path card, String pciBusId) {
    private static final Set<String> AWAY = Set.of("suspended", "suspending", "resuming");

    /** What a card that sleeps can't tell. */
    public static final String SLEEPS = "asleep: to look would wake it";

    /** Returns the cards of a vendor, in the order of the bus. */
    public static List<DrmCard> of(SysTree tree, String vendor) {
        List<DrmCard> found = new ArrayList<>();
        for (Path card : tree.list(tree.path("sys/class/drm"), "card[0-9]*")) {
            boolean whole = SysTree.name(card).matches("card[0-9]{1,4}"); // card0-DP-1 is a plug.
            if (whole && tree.word(card.resolve("device/vendor")).equals(vendor)) {
                found.add(new DrmCard(tree, card, busId(tree, card)));
            }
        }
        found.sort((a, b) -> a.pciBusId.compareTo(b.pciBusId));
        return found;
    }

    private static String busId(SysTree tree, Path card) {
        for (String line : tree.word(card.resolve("device/uevent")).lines().toList()) {
            if (line.startsWith("PCI_SLOT_NAME=")) {
                return Text.plain(line.substring(14), 32).toLowerCase(Locale.ROOT);
            }
        }
        return tree.linkName(card.resolve("device"))
                .map(name -> Text.plain(name, 32).toLowerCase(Locale.ROOT))
                .orElse("");
    }

    public Path device() {
        return card.resolve("device");
    }

    /** Returns a file of the device. */
    public Path file(String name) {
        return card.resolve("device").resolve(name);
    }

    /** Returns the driver's name, such as {@code amdgpu}; empty where none has taken it. */
    public String driver() {
        for (String line : tree.word(file("uevent")).lines().toList()) {
            if (line.startsWith("DRIVER=")) {
                return Text.plain(line.substring(7), 32);
            }
        }
        return "";
    }

    /** Returns whether the card still is there: it may be unplugged at any time. */
    public boolean isThere() {
        return tree.exists(file("vendor"));
    }

    /** Returns whether the card is switched off; most of its files would switch it on. */
    public boolean sleeps() {
        return AWAY.contains(tree.word(file("power/runtime_status")));
    }

    public static GpuTrouble asleep() {
        return new GpuTrouble(
                GpuTrouble.Kind.ASLEEP,
                "The GPU is asleep to save power; it was left so.",
                "It wakes when a program uses it.");
    }

    public static GpuTrouble gone() {
        return new GpuTrouble(
                GpuTrouble.Kind.LOST,
                "The GPU was there before and the kernel does not list it any more.",
                "Look for its bus number in the kernel's log (dmesg).");
    }

    /** Returns the generation of PCIe that a speed such as {@code 16.0 GT/s PCIe} belongs to. */
    public Reading<Double> pcieGeneration(String name) {
        Reading<String> text = tree.text(file(name));
        return switch (text) {
            case Reading.Known<String>(String speed) -> generation(speed);
            case Reading.Unsupported<String>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<String>(String reason) -> Reading.failed(reason);
        };
    }

    private static Reading<Double> generation(String speed) {
        List<String> speeds = List.of("2.5", "5.0", "8.0", "16.0", "32.0", "64.0", "128.0");
        String number = speed.split(" ", -1)[0];
        int place = speeds.indexOf(number.contains(".") ? number : number + ".0");
        return place < 0
                ? Reading.unsupported("the link tells no speed")
                : Reading.known(place + 1.0);
    }

    public Reading<Double> pcieWidth(String name) {
        return tree.figure(file(name), 1, 1, 64);
    }

    /** Returns the numbers by which the maker tells its chips apart, such as {@code 0x744c}. */
    public String deviceId() {
        return tree.word(file("device"));
    }

    /**
     * Returns the name in a list of PCI devices, such as {@code Navi 31 [Radeon RX 7900 XTX]}.
     *
     * @param vendor four hexadecimal digits
     */
    public Optional<String> listedName(String vendor) {
        String id = deviceId().replaceFirst("^0x", "");
        if (!id.matches("[0-9a-f]{4}")) {
            return Optional.empty();
        }
        for (String list : List.of("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids")) {
            String text = tree.wholeText(tree.path(list));
            int from = text.indexOf("\n" + vendor + "  ");
            int at = from < 0 ? -1 : text.indexOf("\n\t" + id + "  ", from);
            int next = from < 0 ? -1 : nextVendor(text, from + 1);
            if (at >= 0 && (next < 0 || at < next)) {
                int end = text.indexOf('\n', at + 1);
                return Optional.of(
                        Text.plain(text.substring(at + 8, end < 0 ? text.length() : end), 80));
            }
        }
        return Optional.empty();
    }

    /** Returns where the next line begins that is not indented and no remark. */
    private static int nextVendor(String text, int from) {
        int at = text.indexOf('\n', from);
        while (at >= 0 && at + 1 < text.length()) {
            char c = text.charAt(at + 1);
            if (c != '\t' && c != '#' && c != '\n') {
                return at;
            }
            at = text.indexOf('\n', at + 1);
        }
        return -1;
    }
}
