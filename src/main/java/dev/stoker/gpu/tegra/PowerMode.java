package dev.stoker.gpu.tegra;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.sysfs.SysTree;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The power mode of a Jetson ({@code nvpmodel -q}), from the files of that service: which number is
 * on, and how it is called. Stateless.
 *
 * <p>Source: L4T, {@code /var/lib/nvpmodel/status} and {@code /etc/nvpmodel.conf}.
 */
final class PowerMode {
    private static final Pattern MODE = Pattern.compile("pmode:\\s*0*([0-9]{1,3})\\b");
    private static final Pattern MODEL =
            Pattern.compile("<\\s*POWER_MODEL\\s+ID=([0-9]{1,3})\\s+NAME=([^\\s>]{1,40})");

    private PowerMode() {}

    static Reading<String> read(SysTree tree) {
        Reading<String> status = tree.text(tree.path("var/lib/nvpmodel/status"));
        if (!status.isKnown()) {
            return status;
        }
        Matcher mode = MODE.matcher(status.value());
        if (!mode.find()) {
            return Reading.failed("/var/lib/nvpmodel/status names no mode");
        }
        String number = mode.group(1);
        Matcher model = MODEL.matcher(tree.word(tree.path("etc/nvpmodel.conf")));
        while (model.find()) {
            if (Integer.parseInt(model.group(1)) == Integer.parseInt(number)) {
                return Reading.known(Text.plain(model.group(2), 40) + " (mode " + number + ")");
            }
        }
        return Reading.known("mode " + number);
    }
}
