using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Ids;

public sealed class SnowflakeLayoutTests(ITestOutputHelper output)
{
    [Fact]
    public void The_default_is_Snowflakes_with_a_late_epoch()
    {
        SnowflakeLayout layout = SnowflakeLayout.Default;

        layout.Faults().ShouldBeEmpty();
        layout.IdsPerSecond.ShouldBe(4_096_000);
        layout.WorkerMax.ShouldBe(1_023);
        IdWords.Moment(layout.EpochUnixMillis).ShouldBe("2026-01-01T00:00:00.000Z");
        IdWords.Moment(layout.HorizonUnixMillis).ShouldBe("2095-09-07T15:47:35.551Z");
    }

    [Theory]
    [InlineData(41, 5, 5, 11, "must sum to 63; found 41 + 5 + 5 + 11 = 62. Give 1 more")]
    [InlineData(41, 5, 5, 14, "must sum to 63; found 41 + 5 + 5 + 14 = 65. Take 2 away")]
    [InlineData(31, 10, 10, 12, "32 to 62 time bits; found 31")]
    [InlineData(41, -1, 11, 12, "0 to 20 datacenter bits; found -1")]
    [InlineData(40, 0, 0, 23, "1 to 22 sequence bits; found 23")]
    [InlineData(40, 2, 21, 0, "0 to 20 machine bits; found 21")]
    public void What_does_not_work_is_named(int time, int datacenter, int machine, int sequence, string words)
    {
        var layout = new SnowflakeLayout { TimeBits = time, DatacenterBits = datacenter, MachineBits = machine, SequenceBits = sequence };

        layout.Faults().ShouldContain(fault => fault.Contains(words, StringComparison.Ordinal));
        Should.Throw<InvariantException>(layout.Validate).Message.ShouldContain(words);
    }

    [Fact]
    public void An_epoch_lies_in_this_age() =>
        (SnowflakeLayout.Default with { EpochUnixMillis = -1 }).Faults().ShouldContain(fault => fault.Contains("between 1970 and 2200", StringComparison.Ordinal));

    [Fact]
    public void An_id_comes_apart_as_it_was_put_together()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        for (int run = 0; run < 2_000; run++)
        {
            int datacenter = random.Next(11);
            int machine = random.Next(11 - datacenter);
            int sequence = 1 + random.Next(20);
            var layout = new SnowflakeLayout { DatacenterBits = datacenter, MachineBits = machine, SequenceBits = sequence, TimeBits = 63 - datacenter - machine - sequence };
            layout.Faults().ShouldBeEmpty();
            long id = (long)(random.NextUInt64() >> 1);

            SnowflakeId parts = SnowflakeId.Decode(id, layout);

            parts.Encode(layout).ShouldBe(id);
            layout.Compose(parts.UnixMillis - layout.EpochUnixMillis, (parts.Datacenter << machine) | parts.Machine, parts.Sequence).ShouldBe(id);
        }
    }

    [Fact]
    public void Later_is_greater_whatever_the_worker_and_the_sequence()
    {
        SnowflakeLayout layout = SnowflakeLayout.Default;

        layout.Compose(1_000, layout.WorkerMax, layout.SequenceMax).ShouldBeLessThan(layout.Compose(1_001, 0, 0));
    }

    [Theory]
    [InlineData("2090-09-07T00:00:00Z", null)]
    [InlineData("2090-09-08T00:00:00Z", "run out at 2095-09-07T15:47:35.551Z")]
    [InlineData("2095-09-08T00:00:00Z", "have run out")]
    public void The_horizon_is_warned_about_five_years_before(string now, string? words)
    {
        string? warning = IdWords.HorizonWarning(SnowflakeLayout.Default, DateTimeOffset.Parse(now));

        if (words is null)
            warning.ShouldBeNull();
        else
            warning!.ShouldContain(words);
    }

    [Fact]
    public void A_mark_comes_back_as_it_was()
    {
        var mark = new SnowflakeMark(SnowflakeLayout.Default with { EpochUnixMillis = 12 }, 1_800_000_000_123);

        SnowflakeMark.TryDecode(mark.Encode(), out SnowflakeMark? read).ShouldBeTrue();

        read.ShouldBe(mark);
        SnowflakeMark.TryDecode(mark.Encode()[..20], out _).ShouldBeFalse();
        SnowflakeMark.TryDecode(new byte[] { 9 }, out _).ShouldBeFalse();
    }
}
