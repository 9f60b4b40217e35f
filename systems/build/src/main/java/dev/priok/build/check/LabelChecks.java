package dev.priok.build.check;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Instruction;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names and values of labels, those of OCI's annotations by their meaning.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/annotations.md">pre-defined annotation keys</a>
 */
final class LabelChecks {
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?");
    private static final Pattern VERSION = Pattern.compile("v?\\d+\\.\\d+\\.\\d+(?:[-+][0-9A-Za-z.+-]+)?");
    private static final Pattern REVISION = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern LICENCES = Pattern.compile("[A-Za-z0-9.+()-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+()-]+)*");
    private static final Pattern PERSON = Pattern.compile(".*[^@\\s]+@[^@\\s]+\\.[^@\\s]+.*");
    private static final String OCI = "org.opencontainers.image.";
    private static final Set<String> ADDRESSES = Set.of(OCI + "url", OCI + "documentation", OCI + "source");
    private static final Set<String> REQUIRED = Set.of(OCI + "title", OCI + "source", OCI + "version");

    private final Dockerfile file;
    private final Findings findings;

    LabelChecks(Dockerfile file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    void run() {
        Set<String> seen = new HashSet<>();
        for (Dockerfile.Stage stage : file.stages()) {
            for (Instruction instruction : stage.instructions()) {
                if (instruction instanceof Instruction.Label label) {
                    label.pairs().forEach(pair -> label(label, unquoted(pair.name()), unquoted(pair.value()), seen));
                }
            }
        }
        for (String name : REQUIRED) {
            if (!seen.contains(name)) {
                Instruction last = file.stages().getLast().from();
                findings.add(CheckRule.DL3049, last.source().lines(), "label %s is missing", name);
            }
        }
    }

    private static String unquoted(String text) {
        return text.length() > 1 && (text.startsWith("\"") || text.startsWith("'"))
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private void label(Instruction.Label at, String name, String value, Set<String> seen) {
        seen.add(name);
        var lines = at.source().lines();
        if (!NAME.matcher(name).matches() || name.contains("..") || name.contains("--")) {
            findings.add(
                    CheckRule.DL3048,
                    lines,
                    "label %s: names have lower-case letters, digits, single dots and dashes",
                    name);
        }
        if (!name.startsWith(OCI)) {
            findings.add(CheckRule.DL3050, lines, "label %s is none of OCI's", name);
        }
        if (value.isEmpty()) {
            findings.add(CheckRule.DL3051, lines, "label %s is empty", name);
        }
        if (value.isEmpty() || value.contains("$")) {
            return;
        }
        if (ADDRESSES.contains(name) && !isAddress(value)) {
            findings.add(CheckRule.DL3052, lines, "label %s: %s is no address", name, value);
        } else if (name.equals(OCI + "created") && !isTime(value)) {
            findings.add(CheckRule.DL3053, lines, "label %s: %s is no RFC 3339 time", name, value);
        } else if (name.equals(OCI + "licenses") && !LICENCES.matcher(value).matches()) {
            findings.add(CheckRule.DL3054, lines, "label %s: %s is no SPDX expression", name, value);
        } else if (name.equals(OCI + "revision") && !REVISION.matcher(value).matches()) {
            findings.add(CheckRule.DL3055, lines, "label %s: %s is no commit hash", name, value);
        } else if (name.equals(OCI + "version") && !VERSION.matcher(value).matches()) {
            findings.add(CheckRule.DL3056, lines, "label %s: %s is no semantic version", name, value);
        } else if (name.equals(OCI + "authors") && !PERSON.matcher(value).matches()) {
            findings.add(CheckRule.DL3058, lines, "label %s: %s has no e-mail address", name, value);
        }
    }

    private static boolean isAddress(String value) {
        try {
            URI address = new URI(value);
            return address.getScheme() != null && address.getHost() != null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        try {
            OffsetDateTime.parse(value);
            return true;
        } catch (DateTimeParseException _) {
            return false;
        }
    }
}
