# syntax=docker/dockerfile:1
# A web application: dependencies first, so that they are cached.
ARG NODE_VERSION=20

FROM node:${NODE_VERSION}-slim AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev \
    && npm cache verify

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production \
    PORT=3000
WORKDIR /app
COPY --from=deps --chown=node:node /app/node_modules ./node_modules
COPY --chown=node:node . .
USER node
EXPOSE $PORT
HEALTHCHECK --interval=30s --timeout=3s --retries=2 \
    CMD curl -f "http://localhost:${PORT}/health" || exit 1
CMD ["node", "server.js"]
