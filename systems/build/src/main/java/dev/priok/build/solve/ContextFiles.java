package dev.priok.build.solve;

import dev.priok.build.context.SpooledTree;
import dev.priok.build.ignore.IgnoreRules;

/**
 * Files that came with the request.
 *
 * @param tree them, ignored ones gone
 * @param ignored why files may be missing in it
 */
record ContextFiles(SpooledTree tree, IgnoreRules ignored) {}
