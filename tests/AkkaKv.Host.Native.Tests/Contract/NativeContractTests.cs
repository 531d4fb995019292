using AkkaKv.Contract;

namespace AkkaKv.Host.Native.Tests.Contract;

/// <summary>The native host with one event loop: every message within a node stays on it.</summary>
public sealed class OneLoopContractTests : HostContract
{
    protected override bool Repeats => false;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new NativeContractHost(nodes, loops: 1, Partitions);
}

/// <summary>The native host with several event loops.</summary>
public sealed class ThreeLoopsContractTests : HostContract
{
    protected override bool Repeats => false;

    protected override IContractHost MakeHost(int nodes, ulong seed = 1) => new NativeContractHost(nodes, loops: 3, Partitions);
}
