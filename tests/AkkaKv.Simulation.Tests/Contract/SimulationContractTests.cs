using AkkaKv.Contract;

namespace AkkaKv.Simulation.Tests.Contract;

/// <summary>The simulator where messages within a node are handled in the turn that sends them.</summary>
public sealed class DirectContractTests : HostContract
{
    protected override bool Repeats => true;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new SimulationContractHost(nodes, seed, localHops: false, Partitions);
}

/// <summary>The simulator where messages within a node take time.</summary>
public sealed class HoppingContractTests : HostContract
{
    protected override bool Repeats => true;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new SimulationContractHost(nodes, seed, localHops: true, Partitions);
}
