using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>What an operator asks and orders when members join, leave or change.</summary>
internal sealed class ChangeRoutes(IAkkaKv door)
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] ChangesMethods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Delete];
    private static readonly string[] PostMethods = [HttpMethods.Post];

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/cluster/changes", ChangesMethods, context => RefusedAsync(context, ChangesAsync));
        routes.MapMethods("/cluster/plan", ReadMethods, context => RefusedAsync(context, PlanAsync));
        routes.MapMethods("/cluster/commit", PostMethods, context => RefusedAsync(context, CommitAsync));
        routes.MapMethods("/cluster/abort", PostMethods, context => RefusedAsync(context, AbortAsync));
    }

    /// <summary>Answers an order with what became of it.</summary>
    public static Task AnswerAsync(HttpContext context, ChangeReply reply) => reply switch
    {
        { Done: true } => JsonReply.WriteAsync(context, 200, new OrderBody(Done: true, reply.Detail, reply.Epoch), PlainJson.Bodies.OrderBody),
        { IsKnown: false } => ProblemWriter.WriteAsync(context, Problems.ChangeUnknown(reply.Detail)),
        _ => ProblemWriter.WriteAsync(context, Problems.ChangeRefused(reply.Detail)),
    };

    private static Task RefusedAsync(HttpContext context, Func<HttpContext, Task> answer) =>
        context.Request.Query.Keys.FirstOrDefault() is { } name
            ? ProblemWriter.WriteAsync(context, Problems.NoQuery(name))
            : answer(context);

    private Task ChangesAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method))
            return StageAsync(context, takenBack: false);
        return HttpMethods.IsDelete(context.Request.Method) ? StageAsync(context, takenBack: true) : TellAsync(context);
    }

    private async Task TellAsync(HttpContext context)
    {
        if (await door.ClusterAsync(context.RequestAborted) is { } info)
            await JsonReply.WriteAsync(context, 200, ChangesBody.Of(info), PlainJson.Bodies.ChangesBody);
        else
            await ProblemWriter.WriteAsync(context, Problems.ClusterUnknown());
    }

    private async Task StageAsync(HttpContext context, bool takenBack)
    {
        var (order, problem) = await OrderReader.ReadAsync(context, PlainJson.Bodies.ChangeOrder);
        problem ??= ProblemOf(order!, takenBack);
        if (problem is not null)
        {
            await ProblemWriter.WriteAsync(context, problem);
            return;
        }

        string node = order!.Node ?? order.Member!.Name;
        var change = new ClusterChange(order.Kind ?? "leave", node, order.Member, order.Dead);
        await AnswerAsync(context, await door.StageAsync(change, takenBack, context.RequestAborted));
    }

    private static ProblemDocument? ProblemOf(ChangeOrder order, bool takenBack)
    {
        if (order.Kind is null && !takenBack)
            return Problems.OrderIncomplete("\"kind\", one of join, leave, replace, weight and zone");
        if (order.Member is { } member && (member.Name is null || member.Endpoint is null || member.Http is null || member.Zone is null || member.StoreId is null))
            return Problems.OrderIncomplete("a \"member\" whose parts are texts: at least its \"name\"");
        return order.Node is null && (order.Member is null || order.Kind == "replace") ? Problems.OrderIncomplete("\"node\", the member that it is about") : null;
    }

    private async Task PlanAsync(HttpContext context)
    {
        var reply = await door.PlanAsync(context.RequestAborted);
        if (reply.Plan is { } plan)
            await JsonReply.WriteAsync(context, 200, plan, PlainJson.Bodies.ChangePlanInfo);
        else
            await ProblemWriter.WriteAsync(context, Problems.NoPlan(reply.Problem));
    }

    private async Task CommitAsync(HttpContext context)
    {
        var (order, problem) = await OrderReader.ReadAsync(context, PlainJson.Bodies.CommitOrder);
        if (problem is null && order!.Epoch is null)
            problem = Problems.OrderIncomplete("\"epoch\", that of the plan that you have seen (GET /cluster/plan)");
        if (problem is not null)
            await ProblemWriter.WriteAsync(context, problem);
        else
            await AnswerAsync(context, await door.CommitAsync(order!.Epoch!.Value, context.RequestAborted));
    }

    private async Task AbortAsync(HttpContext context)
    {
        var (order, problem) = await OrderReader.ReadAsync(context, PlainJson.Bodies.AbortOrder);
        if (problem is null && order!.Dead?.All(name => !string.IsNullOrEmpty(name)) != true)
            problem = Problems.OrderIncomplete("in \"dead\" a list of members' names, which may be empty");
        if (problem is not null)
            await ProblemWriter.WriteAsync(context, problem);
        else
            await AnswerAsync(context, await door.AbortAsync(order!.Dead!, context.RequestAborted));
    }
}
