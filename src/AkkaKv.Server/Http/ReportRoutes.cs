using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>What an operator asks of one node, and the repair that it can be told to do.</summary>
internal sealed class ReportRoutes(IAkkaKv door)
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] RepairMethods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    // One start at a time, so that exactly one of several operators is told that the repair is theirs.
    private static readonly SemaphoreSlim Starting = new(1, 1);

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/cluster/members", ReadMethods, MembersAsync);
        routes.MapMethods("/cluster/hints", ReadMethods, context => RefusedAsync(context, HintsAsync));
        routes.MapMethods("/cluster/tombstones", ReadMethods, context => RefusedAsync(context, TombstonesAsync));
        routes.MapMethods("/cluster/report", ReadMethods, context => RefusedAsync(context, ReportAsync));
        routes.MapMethods("/cluster/repair", RepairMethods, context => RefusedAsync(context, RepairAsync));
    }

    /// <summary>None of these has a parameter: one that is given was meant for something, and is not passed over in silence.</summary>
    private static Task RefusedAsync(HttpContext context, Func<HttpContext, Task> answer) =>
        context.Request.Query.Keys.FirstOrDefault() is { } name
            ? ProblemWriter.WriteAsync(context, Problems.NoQuery(name))
            : answer(context);

    private async Task MembersAsync(HttpContext context)
    {
        var report = await door.ReportAsync(context.RequestAborted);
        await JsonReply.WriteAsync(context, 200, new MembersBody(report.Members, report.IsComplete), PlainJson.Bodies.MembersBody);
    }

    private async Task HintsAsync(HttpContext context)
    {
        var report = await door.ReportAsync(context.RequestAborted);
        var body = new HintsBody(report.Hints, report.Hints.Sum(hints => hints.Keys), report.Hints.Sum(hints => hints.Bytes), report.IsComplete);
        await JsonReply.WriteAsync(context, 200, body, PlainJson.Bodies.HintsBody);
    }

    private async Task TombstonesAsync(HttpContext context)
    {
        var report = await door.ReportAsync(context.RequestAborted);
        var body = new TombstonesBody(report.Reaping.Dead, report.Reaping.Waiting, report.IsComplete);
        await JsonReply.WriteAsync(context, 200, body, PlainJson.Bodies.TombstonesBody);
    }

    private async Task ReportAsync(HttpContext context)
    {
        var report = await door.ReportAsync(context.RequestAborted);
        var body = new ReportBody(
            report.Members, report.Hints, report.Reaping, report.AntiEntropy, report.Repair, report.Counters, report.IsComplete);
        await JsonReply.WriteAsync(context, 200, body, PlainJson.Bodies.ReportBody);
    }

    private async Task RepairAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            await StartAsync(context);
            return;
        }

        var report = await door.ReportAsync(context.RequestAborted);
        await JsonReply.WriteAsync(context, 200, RepairBody.Of(report), PlainJson.Bodies.RepairBody);
    }

    private async Task StartAsync(HttpContext context)
    {
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            await ProblemWriter.WriteAsync(context, Problems.UnexpectedBody());
            return;
        }

        RepairInfo? before;
        RepairInfo? repair;
        await Starting.WaitAsync(context.RequestAborted);
        try
        {
            before = (await door.ReportAsync(context.RequestAborted)).Repair;
            repair = await door.RepairAsync(context.RequestAborted);
        }
        finally
        {
            Starting.Release();
        }

        if (repair is null)
        {
            await ProblemWriter.WriteAsync(context, Problems.RepairUnknown());
            return;
        }

        bool joined = before is { FinishedAt: null } && before.StartedAt == repair.StartedAt;
        var body = new RepairBody(RepairBody.StateOf(repair, isComplete: true), joined, repair, IsComplete: true);
        await JsonReply.WriteAsync(context, 202, body, PlainJson.Bodies.RepairBody);
    }
}
