using AkkaKv.Api;
using AkkaKv.Host.Native.Node;

namespace AkkaKv.Host.Native.Tests.Node;

public sealed class NativeNodeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bucket_that_is_not_ASCII_is_an_answer_and_not_a_crash(int loops)
    {
        await using NativeNode node = OpenNode.Of(loops);
        var key = EntryKey.FromText("größe", "k");

        (await node.GetAsync(key, RequestOptions.Default, default)).Error!.Code.ShouldBe(KvErrorCode.InvalidBucket);
        (await node.DeleteAsync(key, null, RequestOptions.Default, default)).Error!.Code.ShouldBe(KvErrorCode.InvalidBucket);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_null_argument_stopped_the_node_instead_of_telling_its_caller(int loops)
    {
        await using NativeNode node = OpenNode.Of(loops);
        var key = EntryKey.FromText("b", "k");
        var noBucket = new EntryKey(null!, "k"u8.ToArray());
        var put = new PutRequest("v"u8.ToArray());
        RequestOptions options = RequestOptions.Default;

        await RefusedAsync("key", async () => await node.GetAsync(null!, options, default));
        await RefusedAsync("key", async () => await node.GetAsync(noBucket, options, default));
        await RefusedAsync("options", async () => await node.GetAsync(key, null!, default));
        await RefusedAsync("key", async () => await node.PutAsync(null!, put, options, default));
        await RefusedAsync("put", async () => await node.PutAsync(key, null!, options, default));
        await RefusedAsync("options", async () => await node.PutAsync(key, put, null!, default));
        await RefusedAsync("key", async () => await node.DeleteAsync(null!, null, options, default));
        await RefusedAsync("options", async () => await node.DeleteAsync(key, null, null!, default));
        await RefusedAsync("key", async () => await node.PlacementAsync(null!, options, default));
        await RefusedAsync("options", async () => await node.PlacementAsync(key, null!, default));

        node.Stopped.IsCompleted.ShouldBeFalse();
    }

    private static async Task RefusedAsync(string parameter, Func<Task> call) =>
        (await Should.ThrowAsync<ArgumentNullException>(call)).ParamName.ShouldBe(parameter);
}
