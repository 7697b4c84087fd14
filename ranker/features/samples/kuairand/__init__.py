"""KuaiRand (Gao et al., CIKM 2022), real exposures of a short-video feed, as the same tables and samples."""
