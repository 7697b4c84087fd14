package org.encore.elasticsearch;

import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.SearchPlugin;

/**
 * The table of contents: what Encore adds to Elasticsearch, each line registering one thing.
 *
 * <p>It only registers. Parsing, scoring and networking live in the packages that the lines name:
 * {@code analysis} (tokenizer, filters), {@code query} (proximity), {@code rescore} (fine_rank) and
 * {@code rest} (the root answer where the engine lacks it).
 */
public final class EncorePlugin extends Plugin implements ActionPlugin, AnalysisPlugin, SearchPlugin {}
