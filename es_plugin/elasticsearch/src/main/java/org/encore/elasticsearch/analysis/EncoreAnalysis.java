package org.encore.elasticsearch.analysis;

import java.util.Map;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.encore.text.Dictionary;
import org.encore.text.EncoreTokenizer;
import org.encore.text.Mode;

/** Encore's analysis components by the type names that index settings use. */
public final class EncoreAnalysis {
    /** Tokenizer: {@code dictionary}, a version; {@code mode}, cut (the default) or search. */
    public static final String JIEBA = "encore_jieba";
    /** Token filter without settings: drops what the tokenizer found to hold no content. */
    public static final String CONTENT = "encore_content";
    /** Char filter for keyword normalizers: {@code dictionary}, a version. */
    public static final String NORMALIZE = "encore_normalize";

    private final NodeDictionaries dictionaries = new NodeDictionaries();

    /** What the plugin registers as tokenizers. */
    public Map<String, AnalysisProvider<TokenizerFactory>> tokenizers() {
        return Map.of(JIEBA, AnalysisPlugin.requiresAnalysisSettings(this::tokenizer));
    }

    /** What the plugin registers as token filters. */
    public Map<String, AnalysisProvider<TokenFilterFactory>> tokenFilters() {
        return Map.of(CONTENT, (index, environment, name, settings) -> new ContentFilterFactory(name));
    }

    /** What the plugin registers as char filters. */
    public Map<String, AnalysisProvider<CharFilterFactory>> charFilters() {
        return Map.of(NORMALIZE, AnalysisPlugin.requiresAnalysisSettings(this::charFilter));
    }

    private TokenizerFactory tokenizer(
            IndexSettings index, Environment environment, String name, Settings settings) {
        Dictionary dictionary = dictionaries.named(environment, name, settings);
        Mode mode = Mode.of(settings.get("mode", "cut"));
        return TokenizerFactory.newFactory(name, () -> new EncoreTokenizer(dictionary, mode));
    }

    private CharFilterFactory charFilter(
            IndexSettings index, Environment environment, String name, Settings settings) {
        return new NormalizeCharFilterFactory(name, dictionaries.named(environment, name, settings).normalizer());
    }
}
