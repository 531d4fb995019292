using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.Tests;

/// <summary>The same seed gives the same trace: twice in a row, in several threads, and on another machine.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    [InlineData(2531)]
    public void The_same_seed_twice_is_the_same_trace(ulong seed) =>
        SimulationRun.Of(new SimulationOptions(seed)).TraceHash.ShouldBe(SimulationRun.Of(new SimulationOptions(seed)).TraceHash);

    // What another machine, another process and another day must come to as well. A change of the protocol, of the wire or
    // of the simulator changes these numbers: then replay the seeds and put the new ones here. A change of nothing must not.
    [Theory]
    [InlineData(1, "b96a93d5a9e6858f")]
    [InlineData(2, "ff8f9a86c3ee7595")]
    [InlineData(3, "b3d8f803c91fe25e")]
    public void A_seed_has_the_trace_that_it_had_elsewhere(ulong seed, string hash) =>
        SimulationRun.Of(new SimulationOptions(seed)).TraceHash.ToString("x16").ShouldBe(hash);

    [Fact]
    public void Runs_at_the_same_time_do_not_touch_each_other()
    {
        ulong[] alone = [.. Enumerable.Range(1, 8).Select(seed => SimulationRun.Of(new SimulationOptions((ulong)seed)).TraceHash)];
        var together = new ulong[8];
        Parallel.For(0, 8, i => together[i] = SimulationRun.Of(new SimulationOptions((ulong)i + 1)).TraceHash);
        together.ShouldBe(alone);
    }

    [Fact]
    public void Telling_a_run_does_not_change_it()
    {
        int lines = 0;
        var options = new SimulationOptions(3);
        SimulationRun.Told(options, _ => lines++).TraceHash.ShouldBe(SimulationRun.Of(options).TraceHash);
        lines.ShouldBeGreaterThan(1000);
    }
}
