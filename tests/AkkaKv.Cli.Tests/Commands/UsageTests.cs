using AkkaKv.Cli.Shell;
using AkkaKv.Cli.Tests.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Commands;

public sealed class UsageTests
{
    [Theory]
    [InlineData("put")]
    [InlineData("gat k")]
    [InlineData("get k --quorum maybe")]
    [InlineData("get k --timeout soon")]
    [InlineData("get k -o xml")]
    [InlineData("put k v --file f")]
    [InlineData("put k --file /nowhere/at/all")]
    [InlineData("put k v --context !!!")]
    [InlineData("put k v --context @/nowhere")]
    [InlineData("put k v --context abcd --replace")]
    [InlineData("put k")]
    [InlineData("get k -e not-a-url")]
    [InlineData("load")]
    [InlineData("load /nowhere --key id")]
    [InlineData("bench --read-share 2")]
    [InlineData("bench --target oracle")]
    public async Task What_can_not_be_meant_is_exit_code_2_and_says_why(string line)
    {
        var run = await CliRun.RunAsync(line.Split(' '));

        run.Code.ShouldBe(ExitCode.Usage, run.Error);
        run.Error.ShouldStartWith("akkakv: ");
        run.OutBytes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Endpoints_come_from_the_environment_and_flags_win()
    {
        using var store = new FakeStore();
        using var closed = new ClosedPort();

        var byVariable = await CliRun.RunAsync(["put", "k", "v"], environment: name => name == "AKKAKV_ENDPOINTS" ? $"{closed.Url},{store.Url}" : null);
        var byFlag = await CliRun.RunAsync(["get", "k", "-e", store.Url.ToString()], environment: _ => closed.Url.ToString());

        byVariable.Code.ShouldBe(ExitCode.Ok, byVariable.Error);
        byFlag.Out.ShouldBe("v");
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_exit_code_5()
    {
        using var closed = new ClosedPort();

        var get = await CliRun.RunAsync(["get", "k", "-e", closed.Url.ToString()]);
        var status = await CliRun.RunAsync(["status", "-e", closed.Url.ToString()]);

        get.Code.ShouldBe(ExitCode.Unavailable);
        get.Error.ShouldContain("no connection to " + closed.Url);
        status.Code.ShouldBe(ExitCode.Unavailable);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("2s", 2000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("7d", 604_800_000)]
    public void Durations_have_units(string text, double millis)
    {
        DurationText.TryParse(text, out var span).ShouldBeTrue();
        span.TotalMilliseconds.ShouldBe(millis);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("")]
    [InlineData("1e9d")]
    public void What_is_no_duration_is_refused(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();
}
