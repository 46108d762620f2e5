package dev.stoker.metrics;

import dev.stoker.base.Text;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Rule;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.List;

/** The series of alerts. Stateless. */
final class AlertMetrics {
    private AlertMetrics() {}

    static void put(Families to, List<Alert> alerts) {
        for (Rule rule : Rule.values()) {
            to.gauge(
                    "stoker_alerts",
                    "How many things break a rule now.",
                    Labels.of("rule", rule.code()),
                    (double) alerts.stream().filter(alert -> alert.rule() == rule).count());
        }
        for (Alert alert : alerts) {
            Labels.Builder labels = Labels.builder();
            labels.label("rule", alert.rule().code());
            labels.label("severity", alert.severity().code());
            alert.labels()
                    .forEach((name, value) -> labels.label(name, Text.plain(value, Shown.LONGEST)));
            to.gauge(
                    "stoker_alert_active",
                    "1 for each thing that breaks a rule now.",
                    labels.build(),
                    1);
        }
    }
}
