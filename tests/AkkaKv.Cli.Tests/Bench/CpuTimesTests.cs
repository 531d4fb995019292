using AkkaKv.Cli.Bench;

namespace AkkaKv.Cli.Tests.Bench;

public sealed class CpuTimesTests
{
    [Fact]
    public void Steal_is_a_share_of_all_time_between_two_readings()
    {
        var before = CpuTimes.Parse("cpu  100 0 50 800 10 0 5 35 7 0");
        var after = CpuTimes.Parse("cpu  150 0 60 820 10 0 5 55 7 0");

        before.ShouldBe(new CpuTimes(1000, 35));
        CpuTimes.StealShare(before, after).ShouldNotBeNull().ShouldBe(0.2, 1e-9);
    }

    [Fact]
    public void What_can_not_be_read_is_unknown()
    {
        CpuTimes.Parse("intr 1 2 3").ShouldBeNull();
        CpuTimes.StealShare(null, new CpuTimes(1, 0)).ShouldBeNull();
    }

    [Fact]
    public void Much_steal_is_a_warning()
    {
        var options = new BenchOptions { Target = "akkakv", Endpoints = [] };

        BenchReport.Of(options, new BenchTally(), null, TimeSpan.FromSeconds(1), 0.11).Warnings.ShouldHaveSingleItem().ShouldContain("repeat the run");
        BenchReport.Of(options, new BenchTally(), null, TimeSpan.FromSeconds(1), 0.09).Warnings.ShouldBeEmpty();
    }
}
