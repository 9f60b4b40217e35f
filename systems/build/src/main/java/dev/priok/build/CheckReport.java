package dev.priok.build;

import java.util.List;

/**
 * What a check came to.
 *
 * @param file name of the Dockerfile
 * @param findings in the order of lines
 * @param isError whether the file itself says that findings are errors
 */
public record CheckReport(String file, List<CheckFinding> findings, boolean isError) {
    public CheckReport {
        findings = List.copyOf(findings);
    }
}
