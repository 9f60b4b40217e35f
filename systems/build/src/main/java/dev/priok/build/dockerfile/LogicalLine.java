package dev.priok.build.dockerfile;

import java.util.List;

/**
 * One instruction's text: physical lines joined, comments dropped, heredoc bodies taken out.
 *
 * @param lines where it stands, heredocs included
 */
record LogicalLine(SourceRange lines, String text, List<Heredoc> heredocs) {}
