// Each test starts processes of its own and kills some of them: one after the other, or two cores are too few for all.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, DisableTestParallelization = true)]
