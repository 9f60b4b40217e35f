package dev.priok.registry;

import dev.priok.registry.Catalog.TagDetail;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides which tags go by the rules; of several rules for a repository the first counts. */
public final class Retention {
    private static final int PAGE = 1000;

    private final Catalog catalog;
    private final List<RetentionRule> rules;
    private final InstantSource clock;

    public Retention(Catalog catalog, List<RetentionRule> rules, InstantSource clock) {
        this.catalog = catalog;
        this.rules = List.copyOf(rules);
        this.clock = clock;
    }

    /** The rule for a repository. */
    public Optional<RetentionRule> rule(RepositoryName repository) {
        return rules.stream().filter(rule -> rule.covers(repository)).findFirst();
    }

    /** Tags that would go now, the last pushed first. */
    public List<TagDetail> doomed(RepositoryName repository) {
        Optional<RetentionRule> rule = rule(repository).filter(RetentionRule::removesTags);
        List<TagDetail> doomed = new ArrayList<>();
        if (rule.isEmpty()) {
            return doomed;
        }
        int newer = 0;
        int offset = 0;
        List<TagDetail> page;
        do {
            page = catalog.tagDetails(repository, "", offset, PAGE);
            offset += page.size();
            for (TagDetail tag : page) {
                if (rule.get().keeps(tag.name())) {
                    continue;
                }
                newer++;
                if (newer > rule.get().keepNewest().orElse(0) && isOld(rule.get(), tag)) {
                    doomed.add(tag);
                }
            }
        } while (page.size() == PAGE);
        return doomed;
    }

    private boolean isOld(RetentionRule rule, TagDetail tag) {
        Instant used =
                tag.pulled().filter(pulled -> pulled.isAfter(tag.pushed())).orElse(tag.pushed());
        return isBefore(tag.pushed(), rule.pushedBefore()) && isBefore(used, rule.pulledBefore());
    }

    private boolean isBefore(Instant time, Optional<Duration> age) {
        return age.isEmpty() || time.isBefore(clock.instant().minus(age.get()));
    }
}
