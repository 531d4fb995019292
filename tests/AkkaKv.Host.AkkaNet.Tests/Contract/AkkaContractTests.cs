using AkkaKv.Contract;

namespace AkkaKv.Host.AkkaNet.Tests.Contract;

/// <summary>The Akka.NET host with one loop.</summary>
public sealed class OneLoopContractTests : HostContract
{
    protected override bool Repeats => false;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new AkkaContractHost(nodes, loops: 1, Partitions);
}

/// <summary>The Akka.NET host with several loops.</summary>
public sealed class ThreeLoopsContractTests : HostContract
{
    protected override bool Repeats => false;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new AkkaContractHost(nodes, loops: 3, Partitions);
}
