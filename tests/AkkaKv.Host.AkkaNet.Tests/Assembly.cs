// Clusters, some of them of processes: one after the other, or two cores are too few for all.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, DisableTestParallelization = true)]
